namespace FedAi.Daemon.Node;

/// <summary>Which upstream servers make sense. Pure: every problem, each with its key and what to do.</summary>
internal static class UpstreamRules
{
    private const int MaxUpstreams = 16;

    public static IEnumerable<string> Problems(RunnerOptions options)
    {
        if (options.Kind == RunnerKind.OpenAi && options.Upstreams.Count == 0) yield return "runner.kind openai needs runner.upstreams, such as [{\"url\":\"http://127.0.0.1:11434/v1\"}]";
        if (options.Upstreams.Count > MaxUpstreams) yield return $"runner.upstreams may have {MaxUpstreams} entries";
        for (var i = 0; i < options.Upstreams.Count; i++)
            foreach (var problem in Problems(options.Upstreams[i])) yield return $"runner.upstreams[{i}].{problem}";
    }

    /// <summary>The base of a server with the slash that paths are put behind; null when it is none.</summary>
    public static Uri? Base(string? url) =>
        Uri.TryCreate(url?.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length == 0 ? uri : null;

    private static IEnumerable<string> Problems(UpstreamOptions upstream)
    {
        if (Base(upstream.Url) is not { } url) yield return "url must be an absolute http or https URL without user and query, such as http://127.0.0.1:11434/v1";
        else if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback && upstream.AllowPlain != true) yield return "url is another machine's without encryption: make it https, or set allowPlain";
        foreach (var feature in (upstream.Features ?? []).Except(UpstreamOptions.KnownFeatures)) yield return $"features: {feature} is none of {string.Join(", ", UpstreamOptions.KnownFeatures)}";
        if (upstream.ContextTokens is < 256 or > 10_000_000) yield return "contextTokens must be 256 to 10000000";
        if (upstream.FirstTokenMs is < 100 or > 3_600_000) yield return "firstTokenMs must be 100 to 3600000";
        if (upstream.IdleMs is < 100 or > 3_600_000) yield return "idleMs must be 100 to 3600000";
    }
}
