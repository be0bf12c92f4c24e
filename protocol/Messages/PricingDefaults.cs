using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>A node's default price.</summary>
public sealed record PricingDefaults
{
    public required string Unit { get; init; }
    [JsonPropertyName("input_rate")] public required double InputRate { get; init; }
    [JsonPropertyName("output_rate")] public double? OutputRate { get; init; }
    public required string Currency { get; init; }
}
