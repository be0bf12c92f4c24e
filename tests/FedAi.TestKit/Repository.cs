namespace FedAi.TestKit;

/// <summary>Where the tests' sources are.</summary>
internal static class Repository
{
    /// <summary>The folder that holds FedAiP2P.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FedAiP2P.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("FedAiP2P.sln is in none of the folders above the tests");
        return folder.FullName;
    }
}
