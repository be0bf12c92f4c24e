using FedAi.Tests.Daemon.Store;
using FedAi.Tests.Runners.Llama;
using FedAi.Tests.Runners.Sandbox;

// Tests run inside the test host; this entry point is for tests that need a second process which they can kill or cage.
return args switch
{
    ["store-writer", var path] => await StoreWriterProcess.RunAsync(path),
    ["cage-probe", var mode, .. var scene] => CageProbe.Run(mode, scene),
    ["cage-fill", var file] => CageProbe.RunFill(file),
    ["runner-parent", var level] => await CagedModelTests.RunParentAsync(level),
    _ => 2,
};
