namespace FedAi.Runners.Library;

/// <summary>Where a model comes from: an address, and whether it is a hub's, which may lead on to other addresses and knows the file's SHA-256.</summary>
public sealed record ModelSource(string Text, Uri Address, bool IsHub)
{
    public const string DefaultHub = "https://huggingface.co";

    /// <summary>The last part of the address.</summary>
    public string FileName => Uri.UnescapeDataString(Address.Segments[^1]);

    /// <summary>Reads <c>hf:owner/repo/file.gguf</c>, with <c>@revision</c> behind the repository if it is not main, or a URL.</summary>
    public static ModelSource? TryParse(string text, string hub, out string? problem)
    {
        if (!text.StartsWith("hf:", StringComparison.Ordinal))
            return TryAddress(text, out problem) is { } address ? new(text, address, IsHub: false) : null;
        if (TryAddress(hub, out problem) is not { } root) return null;
        problem = $"\"{text}\" is no file of a hub: write hf:OWNER/REPOSITORY/FILE{ModelRules.Ending}, with @REVISION behind the repository if it is not main";
        var parts = text[3..].Split('/');
        if (parts.Length < 3) return null;
        var repository = parts[1].Split('@');
        string[] path = [parts[0], repository[0], "resolve", repository.Length > 1 ? repository[1] : "main", .. parts[2..]];
        if (repository.Length > 2 || !path.All(IsPlain)) return null;
        problem = null;
        return new(text, new Uri($"{root.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{string.Join('/', path)}"), IsHub: true);
    }

    /// <summary>Only encrypted, or on this machine: whoever stands in between could give another file.</summary>
    public static bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private static Uri? TryAddress(string text, out string? problem)
    {
        problem = $"\"{text}\" is no address: write https://… or hf:OWNER/REPOSITORY/FILE{ModelRules.Ending}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0) return null;
        problem = IsSafe(address) ? null : $"{text} is not encrypted: write https://…; plain http is for addresses of this machine only";
        return problem is null ? address : null;
    }

    private static bool IsPlain(string part) => part.Length is > 0 and <= 256 && part is not ("." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
