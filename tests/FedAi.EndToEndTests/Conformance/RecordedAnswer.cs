namespace FedAi.EndToEndTests.Conformance;

/// <summary>An HTTP answer of the product, byte for byte.</summary>
internal sealed record RecordedAnswer(int Status, string Type, string? RequestId, byte[] Body);
