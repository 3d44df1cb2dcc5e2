"""Pages of outgoing documents: Soạn và gửi, Văn bản đi, and the board of one document."""
