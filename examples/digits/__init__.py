"""A small convolutional network trained on scikit-learn's handwritten digits: real data for the tutorial."""
