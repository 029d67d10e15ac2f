// What `make opentofu` builds. The lines below `require` are those of OpenTofu's own go.mod, which Go heeds in the
// main module only; after a change compare them: https://github.com/opentofu/opentofu/blob/v1.12.6/go.mod
module opentofu

go 1.26.6

require github.com/opentofu/opentofu v1.12.6

replace github.com/hashicorp/hcl/v2 v2.20.1 => github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828

godebug (
	tlsmlkem=0
	winsymlink=0
)
