namespace FedAi.Runners.Sandbox;

/// <summary>What a cage keeps a process from doing.</summary>
[Flags]
internal enum Denials
{
    None = 0,
    Network = 1,
    ReadFiles = 2,
    WriteFiles = 4,
    StartPrograms = 8,
    DisturbProcesses = 16,
    InspectProcesses = 32,
    UnlimitedMemory = 64,
    EndlessThreads = 128,
}
