namespace FedAi.Protocol.Messages;

/// <summary>How a node that dialled a router shows who it is (GET /node/connect, DECISIONS E13): the router it means, and the router's challenge as base64.</summary>
public sealed record NodeConnect
{
    public required string RouterId { get; init; }
    public required string Challenge { get; init; }
}
