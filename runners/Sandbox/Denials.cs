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
    SignalProcesses = 16,
    TraceProcesses = 32,
    UnlimitedMemory = 64,
}
