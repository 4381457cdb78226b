"""Data that was lost or altered comes back: from the backups that DynamoDB keeps, beside the desk at work, into it."""
