using FedAi.Daemon.Accounts;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Requests that are answered later. Results stay in memory only, because they are answers: for api.pollTtlSeconds after their end or until they are
/// fetched, within bounds, and for the caller who asked. A daemon that stops cancels them.
/// </summary>
internal sealed partial class JobStore(ApiOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<JobStore> logger)
{
    /// <summary>Whoever needs longer for one answer waits for nothing.</summary>
    public static readonly TimeSpan MaxRuntime = TimeSpan.FromHours(1);

    /// <summary>Running and finished; about 10 KiB each, besides their results.</summary>
    public const int MaxJobs = 1024;

    /// <summary>Of one caller, so that nobody takes all places.</summary>
    public const int MaxJobsPerCaller = 128;

    /// <summary>Of all results together; the oldest make room.</summary>
    public const long MaxBytes = 64 << 20;

    private static readonly Refusal Full = new(ErrorCode.RateLimited, "Too many jobs wait to be fetched or are still running: fetch or delete some (/v1/fedai/jobs/ID), or ask without Prefer: respond-async.", RetryAfterSeconds: 5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Job> byId = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (gate)
            {
                Prune();
                return byId.Count;
            }
        }
    }

    /// <summary>Starts a job and returns at once; a refusal when there is no place for it.</summary>
    public (Job? Job, Refusal? Refusal) Start(OpenAiCall call, string caller, Func<CancellationToken, Task<OpenAiResult>> run)
    {
        Job job;
        CancellationToken token;
        lock (gate)
        {
            Prune();
            if (byId.Count >= MaxJobs || byId.Values.Count(other => other.Caller == caller) >= MaxJobsPerCaller) return (null, Full);
            var cancellation = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
            token = cancellation.Token;
            job = new Job(call, caller, time.GetUtcNow(), cancellation);
            byId.Add(job.Id, job);
        }

        _ = Task.Run(() => RunAsync(job, run, token), CancellationToken.None);
        return (job, null);
    }

    /// <summary>The caller's job; null when there is none, or it is somebody else's.</summary>
    public Job? Find(string id, string caller)
    {
        lock (gate)
        {
            Prune();
            return byId.TryGetValue(id, out var job) && job.Caller == caller ? job : null;
        }
    }

    /// <summary>Forgets a job, and stops it if it still runs; false when somebody else did before.</summary>
    public bool Remove(Job job)
    {
        lock (gate)
        {
            if (!byId.Remove(job.Id)) return false;
        }

        if (job.Result is null) job.Cancel();
        return true;
    }

    /// <summary>Takes back a finished job whose result did not reach its caller.</summary>
    public void Return(Job job)
    {
        lock (gate)
        {
            byId[job.Id] = job;
            Prune();
        }
    }

    private async Task RunAsync(Job job, Func<CancellationToken, Task<OpenAiResult>> run, CancellationToken cancellationToken)
    {
        OpenAiResult result;
        using (job)
        {
            try
            {
                using var limit = new CancellationTokenSource(MaxRuntime, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
                result = await run(either.Token);
            }
            catch (OperationCanceledException)
            {
                result = OpenAiResult.Failed(OpenAiErrors.From(new Refusal(cancellationToken.IsCancellationRequested ? ErrorCode.Cancelled : ErrorCode.NodeTimeout)));
            }
#pragma warning disable CA1031 // As in a request: a defect ends what it met and nothing else (ARCHITECTURE D14).
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFault(exception);
                result = OpenAiResult.Failed(OpenAiErrors.From(new Refusal(ErrorCode.InternalError)));
            }

            lock (gate) job.Finish(result, time.GetUtcNow() + TimeSpan.FromSeconds(options.PollTtlSeconds));
        }

        lock (gate) Prune();
    }

    private void Prune()
    {
        var now = time.GetUtcNow();
        var finished = byId.Values.Where(job => job.Result is not null).OrderBy(job => job.Ends).ToList();
        var bytes = finished.Sum(job => (long)job.Result!.Json.Length);
        foreach (var job in finished)
        {
            if (job.Ends > now && bytes <= MaxBytes) break;
            byId.Remove(job.Id);
            bytes -= job.Result!.Json.Length;
        }
    }

    [LoggerMessage(LogLevel.Error, "a job failed")]
    private partial void LogFault(Exception exception);
}
