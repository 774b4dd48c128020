// Looks again at how far a file has been brought in.

setTimeout(() => location.reload(), 5000);
