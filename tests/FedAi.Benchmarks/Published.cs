using System.Diagnostics;

namespace FedAi.Benchmarks;

/// <summary>Where <c>./fedai.sh bench</c> published the programs under test, seen from the root of the repository.</summary>
internal static class Published
{
    public static string Executable => Find("artifacts/fedai/fedai");

    public static string EmptyKestrel => Find("artifacts/empty-kestrel/EmptyKestrel");

    /// <summary>What a command of the daemon's executable prints; throws what it says when it fails.</summary>
    public static async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"fedai {arguments[0]} failed: {await errors}");
    }

    private static string Find(string path) => File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new FileNotFoundException($"{path} is not there; start the bench with ./fedai.sh bench");
}
