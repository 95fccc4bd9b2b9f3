// Package proof, extended: records every proof check that the module's own tests make, with the verdict the module gives.
//
// The driver copies the module, renames its two checks to originalVerify… and puts this file beside them.
package proof

import (
	"encoding/json"
	"os"

	"github.com/transparency-dev/merkle"
)

type record struct {
	Kind     string   `json:"kind"`
	First    uint64   `json:"first"`  // leaf index, or size of the first tree
	Second   uint64   `json:"second"` // tree size, or size of the second tree
	Hash     []byte   `json:"hash"`   // leaf hash, or root of the first tree
	Root     []byte   `json:"root"`
	Proof    [][]byte `json:"proof"`
	Accepted bool     `json:"accepted"`
}

func write(r record) {
	file, err := os.OpenFile(os.Getenv("PROOF_VECTORS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if err := json.NewEncoder(file).Encode(r); err != nil {
		panic(err)
	}
}

// VerifyInclusion records the check and answers as the module does.
func VerifyInclusion(hasher merkle.LogHasher, index, size uint64, leafHash []byte, proof [][]byte, root []byte) error {
	err := originalVerifyInclusion(hasher, index, size, leafHash, proof, root)
	write(record{"inclusion", index, size, leafHash, root, proof, err == nil})
	return err
}

// VerifyConsistency records the check and answers as the module does.
func VerifyConsistency(hasher merkle.LogHasher, size1, size2 uint64, proof [][]byte, root1, root2 []byte) error {
	err := originalVerifyConsistency(hasher, size1, size2, proof, root1, root2)
	write(record{"consistency", size1, size2, root1, root2, proof, err == nil})
	return err
}
