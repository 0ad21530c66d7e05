"""Floor 4: campaigns, what each unit owes, the roll, deadlines and reminders."""
