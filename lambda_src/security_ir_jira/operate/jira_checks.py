"""The doctor's checks of Jira: the parameters, the site (`jira_site`), and who else claims our pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..config import Config
from ..ids import project_of
from ..jira.client import JiraClient
from ..jira.survey import JiraSurvey
from ..ledger.pairs import PairLedger
from ..memory import Pair
from ..model import LABEL, MadeFor
from .doubles import tell_of_double
from .jira_site import AFTER_PROJECT, AFTER_TOKEN, SIGNING_IN, JiraSite
from .rounds import Look, Rounds

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

VARIABLES = {"url": "jira_url", "email": "jira_email", "project_key": "jira_project_key", "token": "jira_token"}
CLAIMS = "jira-claims"


@dataclass(frozen=True, slots=True)
class JiraChecks:
    """``parameters`` maps ``url``, ``email``, ``project_key`` and ``token`` to the names of their SSM parameters."""

    config: Config
    ssm: SSMClient
    parameters: Mapping[str, str]
    survey: JiraSurvey
    jira: JiraClient
    ledger: PairLedger

    def examine(self, rounds: Rounds) -> None:
        """Each check in turn; those that an earlier finding would only repeat are left out."""
        if not self._parameters(rounds):
            every = (*SIGNING_IN, *AFTER_TOKEN, *AFTER_PROJECT, CLAIMS)
            rounds.skip(every, "before jira-parameters is mended")
        elif JiraSite(self.config, self.survey, self.jira).examine(rounds) is None:
            rounds.skip((CLAIMS,), "before the project can be read")
        else:
            self._claims(rounds)

    def _parameters(self, rounds: Rounds) -> bool:
        with rounds.look("jira-parameters") as look:
            answer = self.ssm.get_parameters(Names=list(self.parameters.values()), WithDecryption=True)
            known = {name: each for each in answer["Parameters"] for name in (each["Name"], each["ARN"])}
            for part, name in self.parameters.items():
                parameter, said = known.get(name), f"The SSM parameter {name} ({VARIABLES[part]})"
                if parameter is None:
                    look.found(f"{said} is missing.", f"write {name}" if name.startswith("arn:") else "terraform apply")
                    continue
                write = (
                    f"aws ssm put-parameter --name {parameter['Name']} --type SecureString --overwrite "
                    f"--region {parameter['ARN'].split(':')[3]} --value file://…"
                )
                if parameter["Type"] != "SecureString":
                    look.found(f"{said} is a {parameter['Type']}, readable by whoever may read parameters.", write)
                if not parameter["Value"].strip():
                    look.found(f"{said} is empty.", write if part == "token" else "terraform apply")
        return not look.findings and look.obstacle is None

    def _claims(self, rounds: Rounds) -> None:
        with rounds.look(CLAIMS) as look:
            for issue_id, key, made_for in self.survey.claims(LABEL):
                pair = self._pair_of(made_for)
                if pair is None or pair.issue_id == issue_id:
                    continue
                if made_for.instance not in ("", self.config.name):
                    self._shared(look, made_for, pair, key)
                elif not self._is_a_clone(issue_id, key):
                    look.found(
                        f"Case {made_for.case_id} is mirrored by {pair.issue_key}, and {key} claims it too: another "
                        "instance works on it.",
                        f"let one instance alone work on this membership; then take the label {LABEL} from {key}",
                    )

    def _pair_of(self, made_for: MadeFor) -> Pair | None:
        """Our pair of the case that an issue names; a case of another account or Region may have the same number."""
        pair = self.ledger.load(made_for.case_id).pair
        return pair if pair is not None and made_for.case_arn in ("", pair.case_arn) else None

    def _shared(self, look: Look, made_for: MadeFor, pair: Pair, key: str) -> None:
        """Another instance has an issue for the case of a pair."""
        by_another = f"by {key} of the instance {made_for.instance}"
        said = f"Case {made_for.case_id} is mirrored by {pair.issue_key} and {by_another}"
        tell_of_double(look, said, ": both claim it.", self.config.case_filter)

    def _is_a_clone(self, issue_id: str, key: str) -> bool:
        """Whether an issue of ours has the marks of another because it was cloned: then it has a case of its own, or is
        to have none.
        """
        if project_of(key) != self.survey.project_key:
            return False
        entry = self.ledger.entry_of_issue(issue_id)
        return (entry is not None and entry.case_id is not None) or not self.config.create_cases_from_jira
