using FedAi.Runners.OpenAi;

namespace FedAi.Daemon.Node;

/// <summary>The upstream servers of the options, with the keys from their files.</summary>
internal static class NodeUpstreams
{
    private const int MaxKeyChars = 4096;

    /// <summary>Reads them; every key file that is no good is a problem of its own.</summary>
    public static (IReadOnlyList<OpenAiUpstream> Upstreams, IReadOnlyList<string> Problems) Read(RunnerOptions options)
    {
        var (upstreams, problems) = (new List<OpenAiUpstream>(), new List<string>());
        foreach (var named in options.Upstreams)
        {
            var (key, problem) = named.ApiKeyFile is { } file ? ReadKey(file) : (null, null);
            if (problem is not null) problems.Add($"runner.upstreams: {problem}");
            var upstream = new OpenAiUpstream { Base = UpstreamRules.Base(named.Url)!, ApiKey = key, ContextTokens = named.ContextTokens ?? options.ContextTokens, Models = named.Models ?? [] };
            upstreams.Add(upstream with
            {
                Features = named.Features ?? upstream.Features,
                FirstToken = named.FirstTokenMs is { } first ? TimeSpan.FromMilliseconds(first) : upstream.FirstToken,
                Idle = named.IdleMs is { } idle ? TimeSpan.FromMilliseconds(idle) : upstream.Idle,
            });
        }

        return (upstreams, problems);
    }

    private static (string? Key, string? Problem) ReadKey(string file)
    {
        try
        {
            var key = File.ReadLines(file).FirstOrDefault()?.Trim() ?? "";
            return key.Length is > 0 and <= MaxKeyChars && key.All(c => c is > ' ' and <= '~') ? (key, null) : (null, $"the first line of {file} must be an API key");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"cannot read {file}: {exception.Message}");
        }
    }
}
