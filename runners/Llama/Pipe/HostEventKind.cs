namespace FedAi.Runners.Llama.Pipe;

/// <summary>What a line from fedai-llama tells; <see cref="Busy"/> only says that it is alive while nothing else happens.</summary>
internal enum HostEventKind
{
    Loading,
    Ready,
    Started,
    Token,
    Vector,
    Final,
    Error,
    Busy,
}
