"""What the make targets, `build.sh` and the deployment script call."""
