namespace FedAi.Runners.Sandbox;

/// <summary>A program to start in a cage: its file, arguments, its whole environment, and the files and folders that it may read besides the system's.</summary>
internal sealed record CageCommand(string Executable, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Readable)
{
    /// <summary>Devices that it may read, write and control: a GPU's.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];
}
