namespace FedAi.Benchmarks;

/// <summary>Where <c>./fedai.sh bench</c> published the programs under test, seen from the root of the repository.</summary>
internal static class Published
{
    public static string Executable => Find("artifacts/fedai/fedai");

    public static string EmptyKestrel => Find("artifacts/empty-kestrel/EmptyKestrel");

    private static string Find(string path) => File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new FileNotFoundException($"{path} is not there; start the bench with ./fedai.sh bench");
}
