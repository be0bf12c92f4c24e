namespace FedAi.Runners.Grammars;

/// <summary>A schema that no grammar can promise, with the place in it; never leaves this folder.</summary>
internal sealed class GrammarException(string place, string reason) : Exception($"{place}: {reason}");
