"""What the service would accept or refuse: operations that write, shapes, pages, presigned URLs."""
