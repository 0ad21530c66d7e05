"""Floor 5: lecturers and communicators, who asks for one, who is sent, and the outline he brings."""
