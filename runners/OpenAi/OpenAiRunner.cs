using FedAi.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace FedAi.Runners.OpenAi;

/// <summary>
/// Shares the models of servers that already run, by OpenAI's interface. Which servers can change at any time: requests
/// that run go on with the one they have.
/// </summary>
public sealed partial class OpenAiRunner : IRunner
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(10);

    // A server that is away is looked for more often: it may just be starting.
    private static readonly TimeSpan PollAwayEvery = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly UpstreamHttp http = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock publishing = new();
    private readonly Task polling;
    private volatile IReadOnlyList<UpstreamServer> servers = [];
    private volatile IReadOnlyList<RunnerModel> models = [];
    private volatile TaskCompletionSource swapped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenAiRunner(IReadOnlyList<OpenAiUpstream> upstreams, ILogger logger, TimeProvider time)
    {
        (this.logger, this.time) = (logger, time);
        servers = [.. upstreams.Select(upstream => new UpstreamServer(upstream, http, time))];
        polling = PollAsync(stopping.Token);
    }

    public event Action? Changed;

    /// <summary>Of two servers with the same model the first one named has it.</summary>
    public IReadOnlyList<RunnerModel> Models => models;

    public RunnerStatus Status => new("openai", models.Count > 0, string.Join("; ", servers.Select(server => $"{server.Upstream}: {server.Problem ?? $"{server.Models.Count} models"}")), null, 0, "none", [], 0);

    /// <summary>Returns at once and asks the servers in the background.</summary>
    public static OpenAiRunner Start(IReadOnlyList<OpenAiUpstream> upstreams, ILogger<OpenAiRunner> logger, TimeProvider time) => new(upstreams, logger, time);

    /// <summary>Puts other servers, or the same with other options, in place of those there are, without dropping a request.</summary>
    public void SetUpstreams(IReadOnlyList<OpenAiUpstream> upstreams)
    {
        var before = servers;
        var next = upstreams.Select(upstream => new UpstreamServer(upstream, http, time)).ToList();
        foreach (var server in next)
            if (before.FirstOrDefault(known => known.Upstream.Base == server.Upstream.Base) is { } known) server.Follow(known);
        servers = next;
        Publish();
        swapped.TrySetResult();
    }

    public IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, CancellationToken cancellationToken) =>
        servers.FirstOrDefault(server => server.Models.Any(model => model.Id == request.ModelId)) is { } found
            ? found.StreamAsync(request, cancellationToken)
            : Nobody();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Dispose();
        stopping.Dispose();
    }

    private static async IAsyncEnumerable<InferenceEvent> Nobody()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return new InferenceFailure(new Refusal(ErrorCode.RunnerUnavailable, "No server behind this node serves that model now.", RetryAfterSeconds: 2));
    }

    private async Task PollAsync(CancellationToken stop)
    {
        while (true)
        {
            var swap = swapped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var asked = servers;
            var before = asked.Select(server => server.Problem).ToList();
            await Task.WhenAll(asked.Select(server => server.PollAsync(stop))).ConfigureAwait(false);
            for (var i = 0; i < asked.Count; i++)
                if (asked[i].Problem != before[i]) Report(asked[i]);
            if (ReferenceEquals(asked, servers)) Publish();
            var pause = Task.Delay(asked.All(server => server.Problem is null) ? PollEvery : PollAwayEvery, time, stop);
            if (await Task.WhenAny(pause, swap.Task).ConfigureAwait(false) == pause) await pause.ConfigureAwait(false);
        }
    }

    /// <summary>Tells of the models if they are not what they were.</summary>
    private void Publish()
    {
        bool same;
        lock (publishing)
        {
            IReadOnlyList<RunnerModel> now = [.. servers.SelectMany(server => server.Models).DistinctBy(model => model.Id, StringComparer.Ordinal)];
            same = now.Count == models.Count && now.Zip(models).All(pair => pair.First with { Features = [] } == pair.Second with { Features = [] } && pair.First.Features.SequenceEqual(pair.Second.Features));
            models = now;
        }

        if (!same) Changed?.Invoke();
    }

    private void Report(UpstreamServer server)
    {
        if (server.Problem is { } problem) LogAway(server.Upstream.ToString(), problem);
        else LogServes(server.Upstream.ToString(), server.Models.Count);
    }

    [LoggerMessage(LogLevel.Information, "{Server} serves {Count} models")]
    private partial void LogServes(string server, int count);

    [LoggerMessage(LogLevel.Warning, "{Server} serves nothing: {Problem}")]
    private partial void LogAway(string server, string problem);
}
