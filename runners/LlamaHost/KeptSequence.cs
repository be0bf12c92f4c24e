namespace FedAi.LlamaHost;

/// <summary>What an idle sequence still remembers, and for which key alone it may be used again. Of two, the one with the lower turn was used longer ago.</summary>
internal sealed record KeptSequence(string CacheKey, int[] Tokens, long Turn);
