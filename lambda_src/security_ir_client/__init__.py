"""The sink that writes AWS Security Incident Response."""
