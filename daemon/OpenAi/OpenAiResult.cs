namespace FedAi.Daemon.OpenAi;

/// <summary>A whole answer: the JSON of a success, or the error.</summary>
internal sealed record OpenAiResult(ReadOnlyMemory<byte> Json, OpenAiError? Error = null)
{
    public static OpenAiResult Failed(OpenAiError error) => new(ReadOnlyMemory<byte>.Empty, error);
}
