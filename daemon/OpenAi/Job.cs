namespace FedAi.Daemon.OpenAi;

/// <summary>A request that is answered later: whose it is, when it began (s), and how it came out.</summary>
internal sealed class Job(OpenAiCall call, string caller, DateTimeOffset created, CancellationTokenSource cancellation) : IDisposable
{
    private volatile OpenAiResult? result;

    public string Id => call.Request.RequestId;

    public string Path => OpenAiAnswer.Root + call.Operation.Path;

    public string Caller => caller;

    public DateTimeOffset Created => created;

    /// <summary>When its result is forgotten; set before the result.</summary>
    public DateTimeOffset Ends { get; private set; }

    /// <summary>Null while it runs.</summary>
    public OpenAiResult? Result => result;

    public void Finish(OpenAiResult outcome, DateTimeOffset ends)
    {
        Ends = ends;
        result = outcome;
    }

    public void Cancel()
    {
        try
        {
            cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at this moment.
        }
    }

    public void Dispose() => cancellation.Dispose();
}
