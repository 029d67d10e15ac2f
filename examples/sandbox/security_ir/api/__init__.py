"""security-ir on the wire: requests and answers by botocore's model, and files by presigned URL."""
