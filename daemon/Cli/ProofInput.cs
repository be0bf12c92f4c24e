namespace FedAi.Daemon.Cli;

/// <summary>The proof that a command was given: a file, or - for standard input.</summary>
internal static class ProofInput
{
    /// <summary>Its bytes; null when it cannot be read, which was said then.</summary>
    public static async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var buffer = new MemoryStream();
            await using (var input = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path)) await input.CopyToAsync(buffer, cancellationToken);
            return buffer.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Errors.TellAsync($"cannot read {path}: {exception.Message}");
            return null;
        }
    }
}
