using System.Text;

namespace FedAi.Tests.Shape;

/// <summary>The files that the shape rules look at: the repository, or a small sample that breaks a rule.</summary>
internal sealed class SourceTree(IReadOnlyList<SourceFile> files)
{
    /// <summary>Made by tools, never written by hand: git ignores them, and so do the rules.</summary>
    private static readonly string[] Ignored = [".git", "bin", "obj", "artifacts", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    public IReadOnlyList<SourceFile> Files => files;

    public IEnumerable<SourceFile> CSharp => files.Where(file => file.IsCSharp);

    public IEnumerable<SourceFile> Product => CSharp.Where(file => !file.IsUnder("tests"));

    public IEnumerable<SourceFile> Daemon => CSharp.Where(file => file.IsUnder("daemon"));

    public static SourceTree Of(params (string Path, string Text)[] files) =>
        new([.. files.Select(file => new SourceFile(file.Path, file.Text))]);

    public static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FedAiP2P.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("FedAiP2P.sln is in none of the folders above the tests");
        return folder.FullName;
    }

    public static SourceTree OfRepository()
    {
        var root = FindRoot();
        return new([.. Walk(new DirectoryInfo(root)).Select(file => Read(root, file))]);
    }

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder.EnumerateFiles().Where(file => file.LinkTarget is null && file.Name != ".git").Concat(folder.EnumerateDirectories()
            .Where(child => child.LinkTarget is null && !Ignored.Contains(child.Name))
            .SelectMany(Walk));

    private static SourceFile Read(string root, FileInfo file)
    {
        var bytes = File.ReadAllBytes(file.FullName);
        var text = bytes.AsSpan().Contains((byte)0) ? "" : Encoding.UTF8.GetString(bytes); // binary files have no lines to check
        return new SourceFile(Path.GetRelativePath(root, file.FullName).Replace('\\', '/'), text);
    }
}
