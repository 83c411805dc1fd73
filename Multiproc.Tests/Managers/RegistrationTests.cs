using Microsoft.CSharp.RuntimeBinder;

namespace Multiproc.Tests.Managers;

/// <summary>What the registration of a type makes callable and creatable. Numbers in comments are those of the conformance list.</summary>
public sealed class RegistrationTests(CustomObjects objects) : IClassFixture<CustomObjects>
{
    [Fact]
    public void Dynamic_CallsExposedMethodsOnly()
    {
        // M-08, M-09, M-10
        dynamic open = objects.Manager.Create("Open");
        ((int)open.Twice(21)).ShouldBe(42);
        ((long)open.Wide(21)).ShouldBe(21);
        Should.Throw<RemoteException>(() => open.Hidden()).Message.ShouldContain("not exposed");
        Should.Throw<RemoteException>(() => open._Underscored()).Message.ShouldContain("not exposed");
        Should.Throw<RemoteException>(() => open.GetType_()).Message.ShouldContain("not exposed");
        Should.Throw<RemoteException>(() => open.Twice("x")).Message.ShouldContain("not with these");
        var proxy = (Proxy)open;
        proxy.TypeId.ShouldBe("Open");
        proxy.CallMethod("Twice", 2).ShouldBe(4);
        Should.Throw<RemoteException>(() => proxy.CallMethod("MemberwiseClone"));
        Should.Throw<RemoteException>(() => proxy.CallMethod("Finalize"));
        proxy.GetValue().ShouldBeOfType<OpenClass>();
        var listed = (Proxy)objects.Manager.Create("Listed");
        listed.CallMethod("Hidden").ShouldBe("hidden");
        Should.Throw<RemoteException>(() => listed.CallMethod("Twice", 1)).Message.ShouldContain("not exposed");
        Should.Throw<RuntimeBinderException>(() => open.Nothing);
    }

    [Fact]
    public void Results_OfNamedMethods_BecomeSharedObjects()
    {
        // M-14
        var pairs = objects.Manager.Create("Pairs");
        IMaths inner = ((Proxy)pairs.First()).As<IMaths>();
        inner.Offset = 3;
        ((Proxy)pairs.First()).As<IMaths>().Offset.ShouldBe(3);

        // PX-16: also in a process that has only the proxy, and no manager
        ManagerFixture.Run(Mp.Process(static p => ((Proxy)p.CallMethod("First")!).As<IMaths>().Offset++, (Proxy)pairs));
        inner.Offset.ShouldBe(4);
    }

    [Fact]
    public void Creating_WhatCannotBeMade_TellsWhy()
    {
        // M-13, M-23, FL-13
        var failure = Should.Throw<RemoteException>(() => objects.Manager.Create<IMaths>(-1));
        failure.RemoteType.ShouldBe("System.ArgumentOutOfRangeException");
        failure.RemoteStackTrace.ShouldContain("MathsClass");
        Should.Throw<RemoteException>(() => (object)objects.Manager.Create("Nowhere")).Message.ShouldContain("'Nowhere'");
        Should.Throw<RemoteException>(() => (object)objects.Manager.Create("NameOnly")).Message.ShouldContain("exactly one argument");
        ((int)objects.Manager.Create("NameOnly", "four").CompareTo("four")).ShouldBe(0);
        Should.Throw<InvalidOperationException>(() => (object)objects.Manager.Create("Uncreatable")).Message.ShouldContain("createMethod");
        Should.Throw<InvalidOperationException>(() => objects.Manager.Create<IDisposable>()).Message.ShouldContain("IDisposable");
    }
}
