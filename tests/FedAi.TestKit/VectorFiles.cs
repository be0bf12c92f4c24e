using System.Text.Json;

namespace FedAi.TestKit;

/// <summary>
/// The test vectors: <c>tests/vectors/fedai.json</c>, and the file named by the environment variable FEDAI_VECTORS where it
/// is set (same form). A named file that is missing fails the test that asks for it.
/// </summary>
public static class VectorFiles
{
    private const string Variable = "FEDAI_VECTORS";

    /// <summary>Each vector of a section such as <c>envelopes</c> or <c>nip19.valid</c>, with a name that a failure can show.</summary>
    public static IEnumerable<(string Name, JsonElement Vector)> Section(string path)
    {
        foreach (var file in Files())
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var section = path.Split('.').Aggregate(document.RootElement, (at, name) => at.GetProperty(name));
            var index = 0;
            foreach (var vector in section.EnumerateArray())
                yield return ($"{Path.GetFileName(file)} {path}[{index++}]", vector.Clone());
        }
    }

    /// <summary>A file that lies in tests/vectors.</summary>
    public static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "tests", "vectors", name);
            if (File.Exists(file)) return file;
        }

        throw new FileNotFoundException($"tests/vectors/{name} is not above {AppContext.BaseDirectory}.");
    }

    private static IEnumerable<string> Files()
    {
        yield return Find("fedai.json");
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } named) yield break;
        yield return File.Exists(named) ? named : throw new FileNotFoundException($"{Variable} names {named}, which does not exist.");
    }
}
