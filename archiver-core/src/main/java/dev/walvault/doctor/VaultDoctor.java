package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.LockException;
import dev.walvault.examine.Check;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Remedies;
import dev.walvault.vault.Author;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Examines one vault from one host: its store, its keys, its knowledge of this host's system. */
public final class VaultDoctor {
    private final Patient patient;
    private final Remedies remedies;
    private final Author author;
    private final Examiner examiner;

    /** Opens the store of the vault; each time another handle, as another process would have it. */
    @FunctionalInterface
    public interface Opener {
        ObjectStore open() throws ArchiverException;
    }

    /**
     * What this host knows of the vault.
     *
     * @param system of the data directory, if there is one
     * @param server where the server of the data directory is, if there is one
     * @param together opens this vault and the others as one, as a restore reads them; empty if it is the only one
     * @param archived what the server takes for archived, so that the vault has to have it; empty if nobody knows
     * @param identityFiles as they are configured, whether they are there or not
     * @param signingKeyFile the same
     */
    public record Patient(
            Opener opener,
            Name cluster,
            Name member,
            Optional<SystemIdentifier> system,
            Optional<ServerTimeline> server,
            Optional<Opener> together,
            Optional<WalFile> archived,
            Keyring keyring,
            List<Path> identityFiles,
            Optional<Path> signingKeyFile) {
        public Patient {
            identityFiles = List.copyOf(identityFiles);
        }
    }

    public VaultDoctor(Patient patient, Remedies remedies, Author author, Examiner examiner) {
        this.patient = patient;
        this.remedies = remedies;
        this.author = author;
        this.examiner = examiner;
    }

    private record Opened(Vault vault, ObjectStore other) {}

    /**
     * Runs every check; the examiner has the findings.
     *
     * @param others what was examined of other vaults, which must hold the same branches
     * @return what this one has of the system; empty if it cannot be opened, or does not know the system
     * @throws LockException CANCELLED; probes that are left are removed by the next examination
     */
    public Optional<MemberVault> examine(List<MemberVault> others) throws LockException {
        Optional<Opened> opened = examiner.obtain("vault", this::open, VaultDoctor::described);
        return opened.isPresent() ? examine(opened.get().vault(), opened.get().other(), others) : Optional.empty();
    }

    private Opened open() throws ArchiverException {
        return new Opened(Vault.open(patient.opener().open()), patient.opener().open());
    }

    private static String described(Opened opened) {
        Vault vault = opened.vault();
        return "\"" + vault.location() + "\" is vault " + vault.id() + ", "
                + (vault.encrypted() ? "encrypted" : "not encrypted");
    }

    private Optional<MemberVault> examine(Vault vault, ObjectStore other, List<MemberVault> others)
            throws LockException {
        Optional<MemberVault> member = Optional.empty();
        if (patient.system().isPresent()) {
            MemberKeys system = new MemberKeys(
                    patient.cluster(), patient.member(), patient.system().get());
            member = examiner.obtain("system", () -> registered(vault, system), _ -> known(system));
        } else {
            member = onlyMember(vault);
        }
        Optional<Present> present = member.map(known -> new Present(known, patient.server()));
        var probes = new Probes(vault.store(), author.random());
        var keys = new KeyChecks(vault, patient.keyring(), patient.identityFiles(), probes, author);
        examiner.run(keys.all(present));
        examiner.run(new SignatureChecks(patient.keyring().trusted(), patient.signingKeyFile(), present).all());
        if (member.isPresent() && patient.archived().isPresent()) {
            MemberVault known = member.get();
            WalFile file = patient.archived().get();
            examiner.run(new Check("archived WAL", check -> archived(check, known, file)));
        }
        if (present.isPresent()) {
            Present known = present.get();
            examiner.run(new ContentChecks(known.member()).all());
            examiner.run(new WalChecks(known, () -> together(known)).all());
            if (!others.isEmpty()) {
                examiner.run(BranchChecks.of(known.member(), others));
            }
        }
        // these remove the probes, so they come last
        examiner.run(new StoreChecks(vault.store(), other, probes, remedies, author.clock()).all());
        return member;
    }

    private Optional<Present> together(Present present) throws ArchiverException {
        if (patient.together().isEmpty()) {
            return Optional.empty();
        }
        Vault all = Vault.open(patient.together().get().open());
        MemberVault member = all.member(present.member().keys(), patient.keyring(), author);
        return Optional.of(new Present(member, patient.server()));
    }

    /** Where no data directory tells which system is meant, the vault does if it knows one. */
    private Optional<MemberVault> onlyMember(Vault vault) throws LockException {
        var only = new ArrayList<MemberVault>(1);
        examiner.run(new Check("system", check -> {
            List<SystemIdentifier> systems = vault.systems(patient.cluster(), patient.member());
            if (systems.size() != 1) {
                String known = systems.isEmpty() ? "no system" : "several: " + SystemIdentifier.listed(systems);
                return Finding.skipped(check, "there is no data directory on this host, and the vault knows " + known);
            }
            MemberKeys system = new MemberKeys(patient.cluster(), patient.member(), systems.getFirst());
            only.add(registered(vault, system));
            return Finding.ok(check, known(system) + ", as the only one");
        }));
        return only.stream().findFirst();
    }

    private MemberVault registered(Vault vault, MemberKeys system) throws ArchiverException {
        MemberVault member = vault.member(system, patient.keyring(), author);
        member.requireIdentity();
        return member;
    }

    private static Finding archived(String check, MemberVault member, WalFile file) throws ArchiverException {
        return member.wal().inspect(file).isPresent()
                ? Finding.ok(check, "\"" + file.name() + "\", the newest that the server has archived, is here")
                : Finding.failed(
                        check,
                        ErrorCode.GAP,
                        "the server takes \"" + file.name() + "\" for archived, and the vault does not have it",
                        "Set archive_command to \"walvault archive-push %p\" with this configuration. Then SELECT"
                                + " pg_switch_wal(), take a backup, and run this again: what was not stored is lost to"
                                + " recovery.");
    }

    private static String known(MemberKeys system) {
        return "system " + system.system() + " is known as member \"" + system.member() + "\" of cluster \""
                + system.cluster() + "\"";
    }
}
