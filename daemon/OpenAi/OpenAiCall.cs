using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>A request as the client wants it: the work, and how the answer is to be written.</summary>
internal sealed record OpenAiCall(OpenAiOperation Operation, InferenceRequest Request)
{
    /// <summary>When it was asked, in s.</summary>
    public long Created { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    public bool OneToolCall { get; init; }

    public bool Base64 { get; init; }

    public long? Dimensions { get; init; }

    public int UnknownMembers { get; init; }

    public string Id => Operation.IdPrefix + Request.RequestId;
}
