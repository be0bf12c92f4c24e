namespace FedAi.TestKit;

/// <summary>One prepared request and the status it must be answered with.</summary>
internal sealed record LoadRequest(byte[] Body, int ExpectedStatus);
