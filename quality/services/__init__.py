"""What is done about quality; each module is one job."""
