"""What is prepared for a campaign, and by when."""
