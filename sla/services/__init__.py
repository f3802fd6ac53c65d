"""What is done with calendars, agreements and clocks; each module is one job."""
