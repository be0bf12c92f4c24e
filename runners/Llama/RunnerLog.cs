using Microsoft.Extensions.Logging;

namespace FedAi.Runners.Llama;

/// <summary>What the runner logs; never a prompt or an output.</summary>
internal static partial class RunnerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "model {Model} is ready: {Context} tokens of context, {Slots} requests at once, isolation {Isolation}")]
    public static partial void Ready(ILogger logger, string model, int context, int slots, string isolation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "model {Model} is not available: {Problem}")]
    public static partial void Unavailable(ILogger logger, string model, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the process of model {Model} is started again: {Reason}")]
    public static partial void Ended(ILogger logger, string model, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "supervising model {Model} failed")]
    public static partial void Bug(ILogger logger, Exception exception, string model);
}
