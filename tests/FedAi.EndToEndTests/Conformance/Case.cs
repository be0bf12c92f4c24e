namespace FedAi.EndToEndTests.Conformance;

/// <summary>One behaviour, asked by one client at one edge.</summary>
internal sealed record Case(string Behaviour, string Client, string Edge, Variant Variant);
