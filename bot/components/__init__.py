"""Steps of Rasa's graph that the project brings along. Learned parts live in language/; these only connect them."""
