using FedAi.Protocol.Messages;

namespace FedAi.Runners.Llama;

/// <summary>How far a child is with loading its model, and what a request that comes meanwhile is told.</summary>
internal sealed class LoadWatch(LlamaChild child, TimeProvider time)
{
    /// <summary>Earlier than this, the rest cannot be told from what is done.</summary>
    private const int FirstTold = 5;

    private readonly long began = time.GetTimestamp();

    public Refusal Refusal()
    {
        var percent = child.Loaded;
        var done = time.GetElapsedTime(began);
        var left = percent < FirstTold ? (TimeSpan?)null : done * ((100 - percent) / (double)percent);
        return Loading(percent, left);
    }

    /// <summary>What is said before a process is there.</summary>
    public static Refusal NotBegun { get; } = Loading(0, null);

    private static Refusal Loading(int percent, TimeSpan? left) => new(
        ErrorCode.ModelLoading,
        "the model is being loaded; try again shortly",
        RetryAfterSeconds: left is { } time ? Math.Clamp((int)Math.Ceiling(time.TotalSeconds), 1, 60) : 2,
        Loading: new() { Percent = percent, EtaMs = (long?)left?.TotalMilliseconds });
}
