namespace FedAi.Runners.Library;

/// <summary>
/// Where a model stands. Pending: not tested yet. Active: it answered its test and is offered. Inactive: it answered its test and is not served.
/// Failed: it cannot be used, and is not offered. Archived: it is known, and its file was taken away.
/// </summary>
public enum ModelState { Pending, Active, Inactive, Failed, Archived }
