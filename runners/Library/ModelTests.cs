namespace FedAi.Runners.Library;

/// <summary>What came of testing models, each content once with each build of the runner, so that a restart does not do it again. Kept in a file that may be deleted at any time.</summary>
public sealed class ModelTests(string file)
{
    private readonly FileMemory<KnownTest> known = new(file, LibraryJson.Default.DictionaryStringKnownTest);

    /// <summary>Null where a model with this content (SHA-256, hex) was never tested.</summary>
    internal KnownTest? Of(string sha256) => known.Find(sha256);

    internal void Remember(string sha256, KnownTest test) => known.Set(sha256, test);
}
