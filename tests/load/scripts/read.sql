-- GetContract: the contract with its current content.
\set draft random(1, :contracts)
{contract};
